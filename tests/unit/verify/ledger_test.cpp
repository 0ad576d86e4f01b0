#include "verify/ledger.hpp"

#include <gtest/gtest.h>

#include "io/parameter_file.hpp"
#include "verify/world.hpp"

namespace margingate::verify {
namespace {

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() {
    const std::string source = MARGINGATE_SOURCE_DIR;
    run::Random random(3, 1);
    world_ = make_world(load_chains(source + "/data").markets.front(),
                        io::read_parameter_file(source + "/params/cross-generic.json"), {}, random);
    gate_ = Gate::create(world_.setup.config).gate;
  }

  void both(const Event& event, Ledger& ledger) { ledger.took(event, gate_->apply(event)); }

  World world_;
  std::unique_ptr<Gate> gate_;
};

TEST_F(LedgerTest, FollowsTransfersCashAndHolds) {
  Ledger ledger(world_.setup.config, 2);
  both(CashMovement{{1}, world_.setup.config.numeraire, {5'000}}, ledger);
  both(Hold{{1}, {700}}, ledger);
  both(PositionTransfer{{1}, {0}, {10}, {7'000'000'000'000}}, ledger);
  both(PositionTransfer{{1}, {0}, {-25}, {7'100'000'000'000}}, ledger);
  EXPECT_EQ(ledger.difference(*gate_, {1}), "");
  EXPECT_EQ(ledger.account({1}).legs.front().net, -15);
  EXPECT_EQ(ledger.legs({1}), 1u);
}

TEST_F(LedgerTest, NamesWhatTheGateHoldsDifferently) {
  Ledger ledger(world_.setup.config, 2);
  static_cast<void>(gate_->apply(CashMovement{{1}, world_.setup.config.numeraire, {5'000}}));
  EXPECT_EQ(ledger.difference(*gate_, {1}), "the wallets");
  both(Hold{{0}, {700}}, ledger);
  static_cast<void>(gate_->apply(Hold{{0}, {701}}));
  EXPECT_EQ(ledger.difference(*gate_, {0}), "the holds");
  static_cast<void>(gate_->apply(PositionTransfer{{0}, {0}, {10}, {7'000'000'000'000}}));
  EXPECT_EQ(ledger.difference(*gate_, {0}), "the positions");
}

TEST_F(LedgerTest, LeavesRefusedEventsAlone) {
  Ledger ledger(world_.setup.config, 2);
  both(CashMovement{{1}, {99}, {5'000}}, ledger);
  both(PositionTransfer{{1}, {0}, {0}, {1}}, ledger);
  EXPECT_EQ(ledger.difference(*gate_, {1}), "");
  EXPECT_TRUE(ledger.account({1}).legs.empty());
}

}  // namespace
}  // namespace margingate::verify
