// Positions, orders and money from outside against the gate's.
#include "margingate/reconciliation.hpp"

#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

class Reconciliation : public ::testing::Test {
 protected:
  Reconciliation() {
    EXPECT_EQ(tiny.deposit(100'000), Reason::accepted);
    tiny.publish_and_adopt();
    EXPECT_EQ(tiny.transfer(tiny::call, -2, 5.0), Reason::accepted);
    work(7, 3);
    outside.positions = {{tiny::call, {-2}}};
    outside.orders = {{{7}, tiny::perpetual, Side::buy, {3}, tiny_price(100.0)}};
    outside.wallets = gate.wallets({0});
  }

  void work(std::uint64_t id, std::int64_t lots, OrderKind kind = OrderKind::limit) {
    OrderIntent intent = tiny.buy(tiny::perpetual, lots, 100.0);
    intent.id = {id};
    intent.kind = kind;
    EXPECT_TRUE(gate.reserve(intent).accepted());
  }
  // "kind instrument order gate outside" of each difference.
  std::string found() const {
    std::string text;
    for (const Difference& d : reconcile(gate, outside)) {
      text += std::string(to_string(d.kind)) + ' ' + std::to_string(d.instrument) + ' ' +
              std::to_string(d.order.value) + ' ' + std::to_string(d.gate) + ' ' +
              std::to_string(d.outside) + '\n';
    }
    return text;
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
  OutsideAccount outside;
};

TEST_F(Reconciliation, FindsNothingWhereEverythingAgrees) { EXPECT_EQ(found(), ""); }

TEST_F(Reconciliation, NamesPositionsThatDiffer) {
  outside.positions = {{tiny::call, {-3}}, {tiny::put, {1}}, {{99}, {1}}};
  EXPECT_EQ(found(), "unknown_instrument 99 0 0 1\nposition 2 0 -2 -3\nposition 5 0 0 1\n");
  outside.positions = {};
  EXPECT_EQ(found(), "position 2 0 -2 0\n");
}

TEST_F(Reconciliation, NamesWalletsThatDiffer) {
  outside.wallets[0] += Money{5};
  EXPECT_EQ(found(), "wallet 0 0 100000 100005\n");
  outside.wallets.clear();
  EXPECT_EQ(found(), "");
}

TEST_F(Reconciliation, NamesOrdersThatOnlyOneSideKnows) {
  outside.orders = {{{8}, tiny::future, Side::sell, {4}, tiny_price(100.0)}};
  EXPECT_EQ(found(), "order_not_here 1 8 0 4\norder_only_here 0 7 3 0\n");
}

TEST_F(Reconciliation, NamesWhatDiffersInAnOrder) {
  outside.orders = {{{7}, tiny::future, Side::buy, {2}, tiny_price(99.0)}};
  EXPECT_EQ(found(), "order_terms 0 7 0 1\norder_remaining 0 7 3 2\norder_price 0 7 10000 9900\n");
  outside.orders = {{{7}, tiny::perpetual, Side::sell, {3}, tiny_price(100.0)}};
  EXPECT_EQ(found(), "order_terms 0 7 0 0\n");
}

TEST_F(Reconciliation, NamesWhatShouldNotWork) {
  work(9, 1, OrderKind::immediate);
  outside.orders.push_back({{9}, tiny::perpetual, Side::buy, {1}, tiny_price(100.0)});
  EXPECT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 2, 100.0)).accepted());
  const Execution unknown{{99}, 1, {0}, tiny::put, Side::buy, {4}, tiny_price(5.0)};
  ASSERT_EQ(gate.apply(unknown), Reason::unknown_order_executed);
  EXPECT_EQ(found(),
            "order_unnamed 0 0 2 0\nimmediate_order_working 0 9 1 0\nin_suspense 5 0 4 0\n");
}

TEST_F(Reconciliation, NamesAccountsThatAreClosedOrUnknown) {
  TinyGate without_table;
  const Execution e{{99}, 1, {0}, tiny::perpetual, Side::buy, {8}, tiny_price(100.0)};
  ASSERT_EQ(without_table.gate().apply(e), Reason::unknown_order_executed);
  const auto differences = reconcile(without_table.gate(), {{0}, {}, {}, {}});
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].kind, DifferenceKind::unreconciled);
  outside.account = {99};
  EXPECT_EQ(found(), "unknown_account 0 0 0 0\n");
}

}  // namespace
}  // namespace margingate::testing
