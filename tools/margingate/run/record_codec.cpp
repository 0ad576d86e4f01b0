#include "run/record_codec.hpp"

#include <type_traits>

namespace margingate::run {
namespace {

enum class Kind : std::uint8_t {
  end = 0,
  order_intent = 1,
  replace_intent = 2,
  cancel = 3,
  fill = 4,
  position_transfer = 5,
  cash_movement = 6,
  hold = 7,
  spot_tick = 8,
  asset_tick = 9,
  order_with_terms = 10,
  cancel_all = 11,
  execution = 12,
  reconciled = 13,
  withdrawal = 14,
  cash_transfer = 15,
  table = 16,
  adoption = 17,
  block_trade = 18,
  exercise = 19,
  assignment = 20,
  mark_settlement = 21,
  funding_payment = 22,
  expiry = 23,
  combo_fill = 24,
  quotes = 25,
  fill_with_fee = 26,
  protected_fill = 27,
  shown_quote = 28,
  account_move = 29,
  kill_switch = 32,
  resumption = 33,
  limit_override = 34,
  reference_price = 35,
  trading_day_start = 36,
};

// Seven bits a byte, lowest first; the high bit says that more follow.
void put(std::vector<std::uint8_t>& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

// Small magnitudes of either sign become small numbers.
void put_signed(std::vector<std::uint8_t>& out, std::int64_t value) {
  put(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

class Encoder {
 public:
  Encoder(std::uint32_t gate, std::vector<std::uint8_t>& out) : gate_(gate), out_(out) {}

  void operator()(const Event& event) { std::visit(*this, event); }
  void operator()(const OrderIntent& e) {
    const Kind kind = e.is_plain() ? Kind::order_intent : Kind::order_with_terms;
    start(kind, e.account, e.instrument, static_cast<std::uint64_t>(e.side));
    values(e.quantity.value, e.price.value, e.time.ns);
    if (e.is_plain()) return;
    put(out_, e.id.value);
    put(out_, static_cast<std::uint64_t>(e.kind));
    put(out_, e.reduce_only ? 1 : 0);
  }
  void operator()(const ReplaceIntent& e) {
    start(Kind::replace_intent, e.order);
    values(e.quantity.value, e.price.value, e.time.ns);
  }
  void operator()(const Cancel& e) { start(Kind::cancel, e.order); }
  void operator()(const Fill& e) {
    start(e.fee.value == 0 ? Kind::fill : Kind::fill_with_fee, e.order);
    values(e.quantity.value, e.price.value);
    if (e.fee.value != 0) values(e.fee.value);
  }
  void operator()(const PositionTransfer& e) {
    start(Kind::position_transfer, e.account, e.instrument);
    values(e.quantity.value, e.price.value);
  }
  void operator()(const CashMovement& e) {
    start(Kind::cash_movement, e.account, e.asset);
    values(e.amount.value);
  }
  void operator()(const Hold& e) {
    start(Kind::hold, e.account);
    values(e.amount.value);
  }
  void operator()(const SpotTick& e) {
    start(Kind::spot_tick, e.underlying);
    values(e.price.value, e.time.ns);
  }
  void operator()(const AssetTick& e) {
    start(Kind::asset_tick, e.asset);
    values(e.price.value, e.time.ns);
  }
  void operator()(const KillSwitch& e) {
    start(Kind::kill_switch, e.scope, static_cast<std::uint64_t>(e.position), e.authority,
          e.signature);
    values(e.time.ns);
  }
  void operator()(const Resumption& e) {
    start(Kind::resumption, e.scope, e.authority, e.signature);
    values(e.time.ns);
  }
  void operator()(const LimitOverride& e) {
    start(Kind::limit_override, e.scope, static_cast<std::uint64_t>(e.control), e.authority,
          e.signature);
    values(e.value, e.until.ns, e.time.ns);
  }
  void operator()(const ReferencePrice& e) {
    start(Kind::reference_price, e.instrument);
    values(e.price.value, e.time.ns);
  }
  void operator()(const TradingDayStart& e) {
    start(Kind::trading_day_start);
    values(e.time.ns);
  }
  // Optional fields are written plus one, so that zero means none.
  void operator()(const CancelAll& e) {
    start(Kind::cancel_all, e.account,
          e.instrument ? std::uint64_t{e.instrument->value} + 1 : std::uint64_t{0},
          e.side ? static_cast<std::uint64_t>(*e.side) + 1 : std::uint64_t{0});
  }
  void operator()(const Execution& e) {
    start(Kind::execution, e.order.value, std::uint64_t{e.number}, e.account, e.instrument,
          static_cast<std::uint64_t>(e.side));
    values(e.quantity.value, e.price.value, e.fee.value);
  }
  void operator()(const Reconciled& e) { start(Kind::reconciled, e.account); }
  void operator()(const Withdrawal& e) {
    start(Kind::withdrawal, e.account, e.asset);
    values(e.amount.value, e.time.ns);
  }
  void operator()(const CashTransfer& e) {
    start(Kind::cash_transfer, e.from, e.to, e.asset);
    values(e.amount.value, e.time.ns);
  }
  void operator()(const BlockTrade& e) {
    start(Kind::block_trade, e.buyer, e.seller, e.instrument);
    values(e.quantity.value, e.price.value, e.time.ns);
  }
  void operator()(const Exercise& e) {
    start(Kind::exercise, e.account, e.option, e.delivery);
    values(e.quantity.value, e.delivered.value, e.strike.value, e.time.ns);
  }
  void operator()(const Assignment& e) {
    start(Kind::assignment, e.account, e.option, e.delivery);
    values(e.quantity.value, e.delivered.value, e.strike.value);
  }
  void operator()(const MarkSettlement& e) {
    start(Kind::mark_settlement, e.instrument);
    values(e.price.value);
  }
  void operator()(const FundingPayment& e) {
    start(Kind::funding_payment, e.instrument);
    values(e.mark.value, e.rate_ppb);
  }
  void operator()(const Expiry& e) {
    start(Kind::expiry, e.instrument);
    values(e.price.value, e.time.ns);
  }
  void operator()(const ComboFill& e) {
    start(Kind::combo_fill, e.order);
    values(e.quantity.value, e.fee.value);
    for (const Price price : e.prices) values(price.value);
  }
  void operator()(const ProtectedFill& e) {
    start(Kind::protected_fill, e.protection, e.instrument, static_cast<std::uint64_t>(e.side));
    values(e.quantity.value, e.price.value, e.fee.value);
  }
  void operator()(const ProtectedQuote& e) {
    start(Kind::shown_quote, e.protection, e.instrument, static_cast<std::uint64_t>(e.side));
    values(e.price.value, e.time.ns);
  }
  void operator()(const MoveRecord& e) {
    start(Kind::account_move, e.account, std::uint64_t{e.to});
  }
  void operator()(const QuoteRecord& e) {
    start(Kind::quotes, e.batch.account, static_cast<std::uint64_t>(e.batch.decision),
          std::uint64_t{e.quotes.size()});
    values(e.batch.time.ns);
    for (const Quote& quote : e.quotes) {
      one(quote.instrument);
      for (const QuoteSide* side : {&quote.bid, &quote.ask}) {
        values(side->price.value, side->quantity.value);
        one(side->replaces);
      }
    }
  }
  void operator()(const PublishedTable& e) {
    start(Kind::table, e.epoch, e.surface, std::uint64_t{e.spots.size()});
    values(e.as_of.ns);
    for (const Price spot : e.spots) values(spot.value);
  }
  void operator()(const Adoption& e) { start(Kind::adoption, e.account, e.epoch); }
  void operator()(const RecordEnd& e) { start(Kind::end, e.decisions, e.hash); }

 private:
  void one(std::uint64_t value) { put(out_, value); }
  template <class Tag>
  void one(Index<Tag> index) {
    put(out_, index.value);
  }
  void one(WorkingOrderHandle order) {
    put(out_, order.index);
    put(out_, order.generation);
  }
  void one(ControlScope scope) {
    put(out_, static_cast<std::uint64_t>(scope.level));
    put(out_, scope.id);
  }
  void one(Authority authority) { put(out_, static_cast<std::uint64_t>(authority)); }
  void one(const Signature& signature) {
    put(out_, signature.who);
    put(out_, signature.why);
  }
  template <class... Fields>
  void start(Kind kind, Fields... fields) {
    out_.push_back(static_cast<std::uint8_t>(kind));
    out_.push_back(static_cast<std::uint8_t>(gate_));
    (one(fields), ...);
  }
  template <class... Values>
  void values(Values... numbers) {
    (put_signed(out_, numbers), ...);
  }

  std::uint32_t gate_;
  std::vector<std::uint8_t>& out_;
};

// Remembers the first failure; every value read after it is zero.
class Decoder {
 public:
  Decoder(std::span<const std::uint8_t> bytes, std::size_t position)
      : bytes_(bytes), position_(position) {}

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  void fail() noexcept { failed_ = true; }

  std::uint8_t byte() noexcept {
    if (failed_ || position_ >= bytes_.size()) {
      failed_ = true;
      return 0;
    }
    return bytes_[position_++];
  }
  std::uint64_t number() noexcept {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  std::int64_t signed_number() noexcept {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }
  std::uint32_t small() noexcept {
    const std::uint64_t value = number();
    if (value > UINT32_MAX) failed_ = true;
    return static_cast<std::uint32_t>(value);
  }
  template <class Enum>
  Enum choice(Enum last) noexcept {
    const std::uint64_t value = number();
    if (value > static_cast<std::uint64_t>(last)) failed_ = true;
    return failed_ ? Enum{} : static_cast<Enum>(value);
  }
  ControlScope scope() noexcept {
    const auto level = choice(ControlLevel::gate);
    return {level, small()};
  }
  Signature signature() noexcept {
    const std::uint32_t who = small();
    return {who, small()};
  }
  WorkingOrderHandle handle() noexcept {
    const std::uint32_t index = small();
    return {index, small()};
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t position_;
  bool failed_ = false;
};

// Braced initialisers are evaluated from left to right, the order in which fields were written.
Side side_of(Decoder& in) {
  const std::uint64_t side = in.number();
  if (side > 1) in.fail();
  return static_cast<Side>(side);
}

OrderIntent order_intent(Decoder& in) {
  return OrderIntent{{in.small()},         {in.small()},         side_of(in),
                     {in.signed_number()}, {in.signed_number()}, {in.signed_number()}};
}

Event order_with_terms(Decoder& in) {
  OrderIntent intent = order_intent(in);
  intent.id = {in.number()};
  const std::uint64_t kind = in.number();
  if (kind > static_cast<std::uint64_t>(OrderKind::market)) in.fail();
  intent.kind = static_cast<OrderKind>(kind);
  intent.reduce_only = in.number() != 0;
  return intent;
}

Event cancel_all(Decoder& in) {
  CancelAll cancel{{in.small()}, {}, {}};
  if (const std::uint64_t plus_one = in.number(); plus_one != 0) {
    cancel.instrument = InstrumentId{static_cast<std::uint32_t>(plus_one - 1)};
  }
  const std::uint64_t side = in.number();
  if (side > 2) in.fail();
  if (side != 0) cancel.side = static_cast<Side>(side - 1);
  return cancel;
}

Event execution(Decoder& in) {
  Execution e;
  e.order = {in.number()};
  e.number = in.small();
  e.account = {in.small()};
  e.instrument = {in.small()};
  e.side = side_of(in);
  e.quantity = {in.signed_number()};
  e.price = {in.signed_number()};
  e.fee = {in.signed_number()};
  return e;
}

Exercise exercise(Decoder& in) {
  Exercise e;
  e.account = {in.small()};
  e.option = {in.small()};
  e.delivery = {in.small()};
  e.quantity = {in.signed_number()};
  e.delivered = {in.signed_number()};
  e.strike = {in.signed_number()};
  return e;
}

Event timed_exercise(Decoder& in) {
  Exercise e = exercise(in);
  e.time = {in.signed_number()};
  return e;
}

Event assignment(Decoder& in) {
  const Exercise e = exercise(in);
  return Assignment{e.account, e.option, e.quantity, e.delivery, e.delivered, e.strike};
}

Event limit_override(Decoder& in) {
  LimitOverride result;
  result.scope = in.scope();
  result.control = in.choice(Control::daily_loss);
  result.authority = in.choice(Authority::risk);
  result.signature = in.signature();
  result.value = in.signed_number();
  result.until = {in.signed_number()};
  result.time = {in.signed_number()};
  return result;
}

QuoteRecord quotes(Decoder& in) {
  QuoteRecord record;
  record.batch.account = {in.small()};
  const std::uint64_t decision = in.number();
  if (decision > static_cast<std::uint64_t>(QuoteDecision::individually)) in.fail();
  record.batch.decision = static_cast<QuoteDecision>(decision);
  const std::uint64_t count = in.number();
  record.batch.time = {in.signed_number()};
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    Quote quote;
    quote.instrument = {in.small()};
    for (QuoteSide* side : {&quote.bid, &quote.ask}) {
      side->price = {in.signed_number()};
      side->quantity = {in.signed_number()};
      side->replaces = in.handle();
    }
    record.quotes.push_back(quote);
  }
  return record;
}

Event protected_fill(Decoder& in) {
  ProtectedFill fill;
  fill.protection = in.handle();
  fill.instrument = {in.small()};
  fill.side = side_of(in);
  fill.quantity = {in.signed_number()};
  fill.price = {in.signed_number()};
  fill.fee = {in.signed_number()};
  return fill;
}

ProtectedQuote shown_quote(Decoder& in) {
  ProtectedQuote quote;
  quote.protection = in.handle();
  quote.instrument = {in.small()};
  quote.side = side_of(in);
  quote.price = {in.signed_number()};
  quote.time = {in.signed_number()};
  return quote;
}

Event combo_fill(Decoder& in) {
  ComboFill fill{in.handle(), {in.signed_number()}, {}, {in.signed_number()}};
  for (Price& price : fill.prices) price = {in.signed_number()};
  return fill;
}

PublishedTable table(Decoder& in) {
  PublishedTable result;
  result.epoch = in.number();
  result.surface = in.number();
  const std::uint64_t spots = in.number();
  if (spots > risk_units_max) in.fail();
  result.as_of = {in.signed_number()};
  for (std::uint64_t i = 0; i < spots && !in.failed(); ++i) {
    result.spots.push_back({in.signed_number()});
  }
  return result;
}

Action action(Kind kind, Decoder& in) {
  switch (kind) {
    case Kind::end:
      return RecordEnd{in.number(), in.number()};
    case Kind::order_intent:
      return Event(order_intent(in));
    case Kind::order_with_terms:
      return order_with_terms(in);
    case Kind::cancel_all:
      return cancel_all(in);
    case Kind::execution:
      return execution(in);
    case Kind::reconciled:
      return Event(Reconciled{{in.small()}});
    case Kind::replace_intent:
      return Event(ReplaceIntent{
          in.handle(), {in.signed_number()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::cancel:
      return Event(Cancel{in.handle()});
    case Kind::fill:
      return Event(Fill{in.handle(), {in.signed_number()}, {in.signed_number()}});
    case Kind::fill_with_fee:
      return Event(
          Fill{in.handle(), {in.signed_number()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::position_transfer:
      return Event(
          PositionTransfer{{in.small()}, {in.small()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::cash_movement:
      return Event(CashMovement{{in.small()}, {in.small()}, {in.signed_number()}});
    case Kind::hold:
      return Event(Hold{{in.small()}, {in.signed_number()}});
    case Kind::spot_tick:
      return Event(SpotTick{{in.small()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::asset_tick:
      return Event(AssetTick{{in.small()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::kill_switch:
      return Event(KillSwitch{in.scope(),
                              in.choice(Switch::release),
                              in.choice(Authority::risk),
                              in.signature(),
                              {in.signed_number()}});
    case Kind::resumption:
      return Event(
          Resumption{in.scope(), in.choice(Authority::risk), in.signature(), {in.signed_number()}});
    case Kind::limit_override:
      return limit_override(in);
    case Kind::reference_price:
      return Event(ReferencePrice{{in.small()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::trading_day_start:
      return Event(TradingDayStart{{in.signed_number()}});
    case Kind::withdrawal:
      return Event(
          Withdrawal{{in.small()}, {in.small()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::cash_transfer:
      return Event(CashTransfer{
          {in.small()}, {in.small()}, {in.small()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::block_trade:
      return Event(BlockTrade{{in.small()},
                              {in.small()},
                              {in.small()},
                              {in.signed_number()},
                              {in.signed_number()},
                              {in.signed_number()}});
    case Kind::exercise:
      return timed_exercise(in);
    case Kind::assignment:
      return assignment(in);
    case Kind::mark_settlement:
      return Event(MarkSettlement{{in.small()}, {in.signed_number()}});
    case Kind::funding_payment:
      return Event(FundingPayment{{in.small()}, {in.signed_number()}, in.signed_number()});
    case Kind::expiry:
      return Event(Expiry{{in.small()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::combo_fill:
      return combo_fill(in);
    case Kind::quotes:
      return quotes(in);
    case Kind::protected_fill:
      return protected_fill(in);
    case Kind::shown_quote:
      return shown_quote(in);
    case Kind::account_move:
      return MoveRecord{{in.small()}, in.small()};
    case Kind::table:
      return table(in);
    case Kind::adoption:
      return Adoption{{in.small()}, in.number()};
  }
  in.fail();
  return RecordEnd{};
}

}  // namespace

void encode(const Entry& entry, std::vector<std::uint8_t>& out) {
  std::visit(Encoder(entry.gate, out), entry.action);
}

std::optional<Entry> decode(std::span<const std::uint8_t> bytes, std::size_t& position) {
  Decoder in(bytes, position);
  const auto kind = static_cast<Kind>(in.byte());
  Entry entry;
  entry.gate = in.byte();
  entry.action = action(kind, in);
  if (in.failed()) return std::nullopt;
  position = in.position();
  return entry;
}

}  // namespace margingate::run
