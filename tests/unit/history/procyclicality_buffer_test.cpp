#include "history/procyclicality_buffer.hpp"

#include <gtest/gtest.h>

namespace margingate::history {
namespace {

TEST(ProcyclicalityBuffer, KeepsWhatIsCalledFlatWhileMarginRisesIntoIt) {
  ProcyclicalityBuffer buffer(0.25);
  EXPECT_DOUBLE_EQ(buffer.apply(100.0), 125.0);
  EXPECT_DOUBLE_EQ(buffer.apply(118.0), 125.0);
  EXPECT_DOUBLE_EQ(buffer.apply(130.0), 130.0);
  EXPECT_DOUBLE_EQ(buffer.buffer(), 0.0);
}

TEST(ProcyclicalityBuffer, IsRebuiltWhileMarginFalls) {
  ProcyclicalityBuffer buffer(0.25);
  buffer.apply(100.0);
  buffer.apply(130.0);
  EXPECT_DOUBLE_EQ(buffer.apply(120.0), 130.0);
  EXPECT_DOUBLE_EQ(buffer.apply(104.0), 130.0);
  EXPECT_DOUBLE_EQ(buffer.apply(80.0), 100.0);  // full again
  EXPECT_DOUBLE_EQ(buffer.buffer(), 0.25);
}

TEST(ProcyclicalityBuffer, IsNotDrawnDownByARiseWithinTheThreshold) {
  ProcyclicalityBuffer buffer(0.25, 0.10);
  buffer.apply(100.0);
  EXPECT_DOUBLE_EQ(buffer.apply(110.0), 137.5);
  EXPECT_DOUBLE_EQ(buffer.apply(125.0), 137.5);
}

TEST(ProcyclicalityBuffer, IsWhatItWasAfterAnAccountWithoutMargin) {
  ProcyclicalityBuffer buffer(0.25);
  buffer.apply(100.0);
  EXPECT_DOUBLE_EQ(buffer.apply(0.0), 0.0);
  EXPECT_DOUBLE_EQ(buffer.apply(100.0), 125.0);
}

}  // namespace
}  // namespace margingate::history
