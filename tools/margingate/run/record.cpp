#include "run/record.hpp"

#include <fmt/format.h>
#include <xxhash.h>
#include <zlib.h>

#include <array>
#include <bit>
#include <cstring>

#include "run/record_codec.hpp"

namespace margingate::run {
namespace {

constexpr std::array<char, 8> magic = {'M', 'G', 'R', 'E', 'C', 'O', 'R', 'D'};
constexpr std::size_t block_bytes = 256 * 1024;
// A corrupted size must not ask for gigabytes before its checksum is looked at.
constexpr std::uint32_t block_bytes_max = 4 * 1024 * 1024;
constexpr std::uint32_t header_bytes_max = 1024 * 1024;
constexpr std::uint32_t flag_deflated = 1;
constexpr std::uint32_t flag_last = 2;

static_assert(std::endian::native == std::endian::little, "the record is written as it lies");

struct BlockHead {
  std::uint32_t stored_bytes;
  std::uint32_t raw_bytes;
  std::uint32_t flags;
};

std::uint64_t block_checksum(const BlockHead& head, const std::vector<std::uint8_t>& stored,
                             std::uint64_t number) {
  return XXH64(stored.data(), stored.size(), XXH64(&head, sizeof head, number));
}

std::vector<std::uint8_t> deflated(const std::vector<std::uint8_t>& raw) {
  uLongf size = compressBound(static_cast<uLong>(raw.size()));
  std::vector<std::uint8_t> result(size);
  const int status =
      compress2(result.data(), &size, raw.data(), static_cast<uLong>(raw.size()), Z_BEST_SPEED);
  if (status != Z_OK) return {};
  result.resize(size);
  return result;
}

}  // namespace

RecordWriter::RecordWriter(std::string path, const std::string& header, bool deflate)
    : path_(std::move(path)), file_(path_, std::ios::binary | std::ios::trunc), deflate_(deflate) {
  if (!file_) throw RecordError(fmt::format("{}: cannot be opened for writing", path_));
  const std::uint32_t version = record_version;
  const auto header_bytes = static_cast<std::uint32_t>(header.size());
  const std::uint64_t checksum = XXH64(header.data(), header.size(), 0);
  put(magic.data(), magic.size());
  put(&version, sizeof version);
  put(&header_bytes, sizeof header_bytes);
  put(header.data(), header.size());
  put(&checksum, sizeof checksum);
}

RecordWriter::~RecordWriter() = default;

void RecordWriter::put(const void* data, std::size_t size_bytes) {
  file_.write(static_cast<const char*>(data), static_cast<std::streamsize>(size_bytes));
  if (!file_) throw RecordError(fmt::format("{}: offset {}: cannot be written", path_, offset_));
  offset_ += size_bytes;
}

void RecordWriter::write(const Entry& entry) {
  encode(entry, pending_);
  if (pending_.size() >= block_bytes) flush(false);
}

void RecordWriter::finish(const RecordEnd& end) {
  encode({0, end}, pending_);
  flush(true);
  file_.flush();
  if (!file_) throw RecordError(fmt::format("{}: offset {}: cannot be written", path_, offset_));
}

void RecordWriter::flush(bool last) {
  std::vector<std::uint8_t> packed;
  if (deflate_) packed = deflated(pending_);
  const bool smaller = !packed.empty() && packed.size() < pending_.size();
  const std::vector<std::uint8_t>& stored = smaller ? packed : pending_;
  const BlockHead head{static_cast<std::uint32_t>(stored.size()),
                       static_cast<std::uint32_t>(pending_.size()),
                       (smaller ? flag_deflated : 0) | (last ? flag_last : 0)};
  const std::uint64_t checksum = block_checksum(head, stored, ++block_);
  put(&head, sizeof head);
  put(&checksum, sizeof checksum);
  put(stored.data(), stored.size());
  pending_.clear();
}

RecordReader::RecordReader(std::string path)
    : path_(std::move(path)), file_(path_, std::ios::binary | std::ios::ate) {
  if (!file_) throw RecordError(fmt::format("{}: cannot be opened", path_));
  file_bytes_ = static_cast<std::uint64_t>(file_.tellg());
  file_.seekg(0);
  read_header();
}

void RecordReader::fail(const std::string& what) const {
  throw RecordError(fmt::format("{}: offset {}: {}", path_, offset_, what));
}

void RecordReader::get(void* data, std::size_t size_bytes, const char* what) {
  if (size_bytes > file_bytes_ - offset_) {
    fail(fmt::format("the file ends inside {} ({} of {} bytes are there)", what,
                     file_bytes_ - offset_, size_bytes));
  }
  file_.read(static_cast<char*>(data), static_cast<std::streamsize>(size_bytes));
  if (!file_) fail(fmt::format("{} cannot be read", what));
  offset_ += size_bytes;
}

void RecordReader::read_header() {
  std::array<char, 8> found{};
  std::uint32_t version = 0;
  std::uint32_t header_bytes = 0;
  std::uint64_t checksum = 0;
  if (file_bytes_ < found.size()) fail("not a margingate record");
  get(found.data(), found.size(), "the magic");
  if (found != magic) {
    offset_ = 0;
    fail("not a margingate record");
  }
  get(&version, sizeof version, "the version");
  if (version != record_version) {
    fail(fmt::format("record version {}, this program reads {}", version, record_version));
  }
  get(&header_bytes, sizeof header_bytes, "the header size");
  if (header_bytes > header_bytes_max) fail("the header size is not plausible");
  header_.resize(header_bytes);
  get(header_.data(), header_bytes, "the header");
  get(&checksum, sizeof checksum, "the header checksum");
  if (checksum != XXH64(header_.data(), header_.size(), 0)) fail("the header is damaged");
}

void RecordReader::read_block() {
  if (last_seen_) fail("the last block holds no end mark");
  BlockHead head{};
  std::uint64_t checksum = 0;
  block_offset_ = offset_;
  get(&head, sizeof head, "a block head");
  get(&checksum, sizeof checksum, "a block checksum");
  if (head.stored_bytes > block_bytes_max || head.raw_bytes > block_bytes_max ||
      head.flags > (flag_deflated | flag_last)) {
    fail(fmt::format("the head of block {} is damaged", block_ + 1));
  }
  std::vector<std::uint8_t> stored(head.stored_bytes);
  get(stored.data(), stored.size(), "a block");
  if (checksum != block_checksum(head, stored, ++block_)) {
    offset_ = block_offset_;
    fail(fmt::format("block {} is damaged: its checksum differs", block_));
  }
  last_seen_ = (head.flags & flag_last) != 0;
  position_ = 0;
  if ((head.flags & flag_deflated) == 0) {
    payload_ = std::move(stored);
    return;
  }
  payload_.resize(head.raw_bytes);
  uLongf size = head.raw_bytes;
  if (uncompress(payload_.data(), &size, stored.data(), static_cast<uLong>(stored.size())) !=
          Z_OK ||
      size != head.raw_bytes) {
    offset_ = block_offset_;
    fail(fmt::format("block {} does not inflate", block_));
  }
}

Entry RecordReader::next() {
  if (position_ == payload_.size()) read_block();
  const std::size_t begin = position_;
  auto entry = decode(payload_, position_);
  if (!entry) {
    offset_ = block_offset_;
    fail(fmt::format("byte {} of block {} starts no entry", begin, block_));
  }
  const bool is_end = std::holds_alternative<RecordEnd>(entry->action);
  const bool is_at_end = last_seen_ && position_ == payload_.size() && offset_ == file_bytes_;
  if (is_end && !is_at_end) fail("something follows the end mark");
  return *std::move(entry);
}

}  // namespace margingate::run
