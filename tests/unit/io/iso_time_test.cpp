#include "io/iso_time.hpp"

#include <gtest/gtest.h>

namespace margingate::io {
namespace {

TEST(IsoTime, ReadsWhatItWrites) {
  for (const char* text :
       {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2024-06-17T10:22:20.501Z",
        "2000-12-31T12:00:00.000000001Z", "2100-03-01T00:00:00Z", "2261-12-31T23:59:59.5Z"}) {
    const auto time = parse_iso_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(format_iso_time(*time), text);
  }
}

TEST(IsoTime, CountsNanosecondsSince1970) {
  EXPECT_EQ(parse_iso_time("2024-06-17T10:22:20.501Z")->ns, 1'718'619'740'501'000'000);
  EXPECT_EQ(parse_iso_time("2026-08-28T08:00:00Z")->ns, 1'787'904'000'000'000'000);
}

TEST(IsoTime, RejectsEverythingElse) {
  for (const char* text :
       {"", "2024-06-17", "2024-06-17T10:22:20", "2024-06-17 10:22:20Z",
        "2024-06-17T10:22:20+00:00", "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z",
        "2024-06-31T00:00:00Z", "2024-06-17T24:00:00Z", "2024-06-17T10:60:00Z",
        "2024-06-17T10:22:60Z", "2024-06-17T10:22:20.Z", "2024-06-17T10:22:20.1234567890Z",
        "1969-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "2024-06-17T10:22:20ZZ",
        "2024-00-10T00:00:00Z"}) {
    EXPECT_FALSE(parse_iso_time(text)) << text;
  }
}

}  // namespace
}  // namespace margingate::io
