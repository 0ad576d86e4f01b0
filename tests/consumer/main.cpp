#include <cstdio>
#include <margingate/margingate.hpp>

int main() {
  const auto version = margingate::version_string;
  std::printf("%.*s\n", static_cast<int>(version.size()), version.data());
}
