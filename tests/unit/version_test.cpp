#include "margingate/version.hpp"

#include <gtest/gtest.h>

#include <string>

namespace margingate {
namespace {

TEST(Version, KeepsNumbersAndTextEqual) {
  EXPECT_EQ(std::string(version_string), std::to_string(version_major) + "." +
                                             std::to_string(version_minor) + "." +
                                             std::to_string(version_patch));
}

}  // namespace
}  // namespace margingate
