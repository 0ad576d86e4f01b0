#include <cstddef>
#include <margingate/mimalloc_resource.hpp>
#include <memory_resource>
#include <vector>

int main() {
  const std::pmr::vector<std::size_t> values(1000, 1, margingate::mimalloc_resource());
  return values.size() == 1000 ? 0 : 1;
}
