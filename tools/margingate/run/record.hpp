// A run as a file: every call that changed a gate, in order, so that it can be repeated exactly.
//
// Layout, all integers little-endian:
//   "MGRECORD", u32 version, u32 header bytes, header (JSON), u64 XXH64 of the header
//   blocks: u32 stored bytes, u32 raw bytes, u32 flags, u64 XXH64 of what is stored, payload
// Flags: bit 0 deflated, bit 1 last block. The checksum of a block is seeded with that of its head,
// and this with the block's number, so an exchanged block is noticed as well as a changed one.
// The last entry is the end mark with the number of decisions and their hash: a file without it is
// cut off. Entries are a kind byte, a gate byte and variable-length integers.
#pragma once

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/order.hpp"
#include "margingate/revaluer.hpp"

namespace margingate::run {

inline constexpr std::uint32_t record_version = 1;

// Says which file, at which offset, and what is wrong there.
class RecordError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct RecordEnd {
  std::uint64_t decisions = 0;
  std::uint64_t hash = 0;
};

// A batch of quotes with its quotes.
struct QuoteRecord {
  QuoteBatch batch;  // its span is not used
  std::vector<Quote> quotes;
};

// An account moves from the entry's gate to this one.
struct MoveRecord {
  AccountId account;
  std::uint32_t to = 0;
};

// ProtectedQuote: a quote that was shown, which moves the clock and counts as a message.
using Action = std::variant<Event, PublishedTable, Adoption, RecordEnd, QuoteRecord, ProtectedQuote,
                            MoveRecord>;

struct Entry {
  std::uint32_t gate = 0;
  Action action;
};

class RecordWriter {
 public:
  RecordWriter(std::string path, const std::string& header, bool deflate);
  ~RecordWriter();
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  void write(const Entry& entry);
  // Writes the end mark; without it the file counts as cut off.
  void finish(const RecordEnd& end);
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return offset_; }

 private:
  void flush(bool last);
  void put(const void* data, std::size_t size_bytes);

  std::string path_;
  std::ofstream file_;
  std::vector<std::uint8_t> pending_;
  std::uint64_t offset_ = 0;
  std::uint64_t block_ = 0;
  bool deflate_;
};

class RecordReader {
 public:
  explicit RecordReader(std::string path);

  [[nodiscard]] const std::string& header() const noexcept { return header_; }
  // Entries in order; after RecordEnd there is nothing more to ask for.
  Entry next();

 private:
  void read_header();
  void read_block();
  void get(void* data, std::size_t size_bytes, const char* what);
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  std::ifstream file_;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t block_ = 0;
  std::uint64_t block_offset_ = 0;
  bool last_seen_ = false;
  std::string header_;
  std::vector<std::uint8_t> payload_;
  std::size_t position_ = 0;
};

}  // namespace margingate::run
