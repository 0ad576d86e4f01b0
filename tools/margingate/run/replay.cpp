#include "run/replay.hpp"

#include <fmt/format.h>

#include <limits>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "margingate/account_move.hpp"
#include "run/progress.hpp"
#include "run/record.hpp"
#include "run/record_header.hpp"
#include "run/session.hpp"
#include "run/simulation.hpp"
#include "run/tick_timer.hpp"
#include "run/verdict_hash.hpp"

namespace margingate::run {
namespace {

// The queue to the revaluer is emptied this often, well before it is full.
constexpr std::uint64_t entries_per_drain = 4096;

// Tables come from the record alone.
RevaluerOptions silent_revaluer() {
  RevaluerOptions options;
  options.republish_move = std::numeric_limits<double>::infinity();
  options.republish_age = {std::numeric_limits<std::int64_t>::max()};
  return options;
}

class Replay {
 public:
  Replay(const ReplayInputs& inputs, const Universe& universe)
      : inputs_(inputs), reader_(inputs.record_path) {
    report_.header = reader_.header();
    report_.options = read_record_header(reader_.header());
    report_.options.params_directory = inputs.params_directory;
    const LoadedParameters parameters = load_parameters(
        inputs.params_directory, report_.options.model, report_.options.parameter_files);
    const LoadedParameters second = load_second_parameters(report_.options, parameters);
    check_record_header(reader_.header(), universe, both(parameters, second));
    session_ = make_session(universe, parameters.sets, session_limits(report_.options),
                            silent_revaluer(), {}, second.sets);
    surfaces_.resize(session_.gates.size(), 1);
  }

  ReplayReport run() {
    Progress progress("replay", report_.options.orders, inputs_.is_quiet);
    const std::uint64_t started = TickTimer::steady_ns();
    for (;;) {
      Entry entry = reader_.next();
      ++report_.entries;
      if (const auto* end = std::get_if<RecordEnd>(&entry.action)) {
        report_.decisions_recorded = end->decisions;
        report_.hash_recorded = end->hash;
        break;
      }
      if (entry.gate >= session_.gates.size()) {
        differ("entry {} is for gate {}, there are {}", report_.entries, entry.gate,
               session_.gates.size());
        break;
      }
      apply(entry);
      progress.update(hash_.count());
    }
    report_.wall_seconds = static_cast<double>(TickTimer::steady_ns() - started) / 1e9;
    report_.decisions = hash_.count();
    report_.hash = hash_.digest();
    if (report_.hash != report_.hash_recorded) differ("the verdict hash differs");
    return std::move(report_);
  }

 private:
  template <class... Args>
  void differ(fmt::format_string<Args...> text, Args&&... args) {
    if (report_.difference.empty()) {
      report_.difference = fmt::format(text, std::forward<Args>(args)...);
    }
  }

  void apply(const Entry& entry) {
    GateSession& session = session_.gates[entry.gate];
    if (const auto* event = std::get_if<Event>(&entry.action)) {
      apply(session, *event);
    } else if (const auto* table = std::get_if<PublishedTable>(&entry.action)) {
      publish(entry.gate, *table);
    } else if (const auto* adoption = std::get_if<Adoption>(&entry.action)) {
      adopt(session, *adoption);
    } else if (const auto* quotes = std::get_if<QuoteRecord>(&entry.action)) {
      quote(session, *quotes);
    } else if (const auto* moved = std::get_if<MoveRecord>(&entry.action)) {
      move(session, *moved);
    } else if (const auto* shown = std::get_if<ProtectedQuote>(&entry.action)) {
      static_cast<void>(session.gate->check_protected(*shown));
    }
    if (report_.entries % entries_per_drain != 0) return;
    // What is handed over here is never adopted: poll() gets no room for it.
    for (GateSession& each : session_.gates) each.revaluer->run_once();
  }

  void apply(GateSession& session, const Event& event) {
    Gate& gate = *session.gate;
    if (const auto* intent = std::get_if<OrderIntent>(&event)) {
      // A record is input: an instrument out of range is refused by the gate, not looked up here.
      const Verdict verdict = gate.reserve(*intent);
      add(session, verdict.reason, intent->account, intent->instrument);
    } else if (const auto* change = std::get_if<ReplaceIntent>(&event)) {
      const auto original = gate.working_order(change->order);
      const Verdict verdict = gate.replace(*change);
      if (!original) {
        differ("entry {} replaces an order that does not work", report_.entries);
        return;
      }
      add(session, verdict.reason, original->account, original->instrument);
    } else {
      static_cast<void>(gate.apply(event));
    }
  }

  void add(const GateSession& session, Reason reason, AccountId account, InstrumentId instrument) {
    const std::uint32_t contract =
        instrument.value < session.contracts.size() ? session.contracts[instrument.value] : nowhere;
    hash_.add(reason, account.value, contract);
  }

  void quote(GateSession& session, const QuoteRecord& record) {
    QuoteBatch batch = record.batch;
    batch.quotes = record.quotes;
    std::vector<QuoteResult> results(record.quotes.size());
    const QuoteVerdict verdict = session.gate->quote(batch, results);
    add(session, verdict.verdict.reason, batch.account, {nowhere});
  }

  void move(GateSession& session, const MoveRecord& record) {
    if (record.to >= session_.gates.size()) {
      differ("entry {} moves an account to gate {}, there are {}", report_.entries, record.to,
             session_.gates.size());
      return;
    }
    const AccountMove answer =
        move_account(*session.gate, *session_.gates[record.to].gate, record.account);
    add(session, answer.reason, record.account, {nowhere});
  }

  void publish(std::uint32_t gate, const PublishedTable& table) {
    GateSession& session = session_.gates[gate];
    while (surfaces_[gate] < table.surface) {
      const std::uint64_t next = surfaces_[gate]++;
      if (next >= session.surfaces.size() ||
          !session.revaluer->update_surface(session.surfaces[next])) {
        differ("entry {} needs surface {}, there is none", report_.entries, table.surface);
        return;
      }
    }
    if (!session.revaluer->publish(table)) {
      differ("entry {}: table {} cannot be published", report_.entries, table.epoch);
    }
    static_cast<void>(session.gate->poll(std::span<Adoption>()));
    ++report_.tables;
  }

  void adopt(GateSession& session, const Adoption& adoption) {
    const Reason reason = session.gate->reaggregate(adoption.account, adoption.epoch);
    if (!is_accepted(reason)) {
      differ("entry {}: account {} cannot move to table {}: {}", report_.entries,
             adoption.account.value, adoption.epoch, to_string(reason));
    }
    ++report_.adoptions;
  }

  const ReplayInputs& inputs_;
  RecordReader reader_;
  ReplayReport report_;
  Session session_;
  std::vector<std::uint64_t> surfaces_;
  VerdictHash hash_;
};

}  // namespace

ReplayReport replay(const ReplayInputs& inputs, const Universe& universe) {
  return Replay(inputs, universe).run();
}

}  // namespace margingate::run
