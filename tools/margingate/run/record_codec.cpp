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
  kill_switch = 32,
  resumption = 33,
  limit_override = 34,
  reference_price = 35,
  trading_day_start = 36,
  table = 16,
  adoption = 17,
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
    start(Kind::order_intent, e.account, e.instrument, static_cast<std::uint64_t>(e.side));
    values(e.quantity.value, e.price.value, e.time.ns);
  }
  void operator()(const ReplaceIntent& e) {
    start(Kind::replace_intent, e.order);
    values(e.quantity.value, e.price.value, e.time.ns);
  }
  void operator()(const Cancel& e) { start(Kind::cancel, e.order); }
  void operator()(const Fill& e) {
    start(Kind::fill, e.order);
    values(e.quantity.value, e.price.value);
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
Event order_intent(Decoder& in) {
  const AccountId account{in.small()};
  const InstrumentId instrument{in.small()};
  const std::uint64_t side = in.number();
  if (side > 1) in.fail();
  return OrderIntent{account,
                     instrument,
                     static_cast<Side>(side),
                     {in.signed_number()},
                     {in.signed_number()},
                     {in.signed_number()}};
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
      return order_intent(in);
    case Kind::replace_intent:
      return Event(ReplaceIntent{
          in.handle(), {in.signed_number()}, {in.signed_number()}, {in.signed_number()}});
    case Kind::cancel:
      return Event(Cancel{in.handle()});
    case Kind::fill:
      return Event(Fill{in.handle(), {in.signed_number()}, {in.signed_number()}});
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
