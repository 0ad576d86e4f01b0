#include "io/text_file.hpp"

#include <zlib.h>

#include <array>
#include <fstream>
#include <sstream>

#include "io/file_error.hpp"

namespace margingate::io {
namespace {

// Detects the gzip header; 15 is the largest window.
constexpr int gzip_window_bits = 15 + 16;

std::string read_bytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw FileError(path, "", "a readable file");
  std::ostringstream content;
  content << stream.rdbuf();
  if (stream.bad() || content.bad()) throw FileError(path, "", "a readable file");
  return std::move(content).str();
}

class Inflater {
 public:
  explicit Inflater(std::string path) : path_(std::move(path)) { begin(); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Several members may follow one another; each must be whole.
  std::string run(std::string& compressed) {
    stream_.next_in = reinterpret_cast<Bytef*>(compressed.data());
    stream_.avail_in = static_cast<uInt>(compressed.size());
    if (compressed.empty()) fail("gzip data, found an empty file");
    while (true) {
      read_member();
      if (stream_.avail_in == 0) return std::move(text_);
      if (inflateReset(&stream_) != Z_OK) fail("gzip data");
    }
  }

 private:
  void begin() {
    if (inflateInit2(&stream_, gzip_window_bits) != Z_OK) fail("memory to decompress it");
  }

  void read_member() {
    int result = Z_OK;
    while (result != Z_STREAM_END) {
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_BUF_ERROR) fail("more gzip data, the file is truncated");
      if (result != Z_OK && result != Z_STREAM_END) fail("valid gzip data, the file is corrupt");
      const std::size_t count = buffer_.size() - stream_.avail_out;
      if (text_.size() + count > text_size_max) fail("at most 1 GiB after decompression");
      text_.append(reinterpret_cast<const char*>(buffer_.data()), count);
    }
  }

  [[noreturn]] void fail(const char* expected) const {
    throw FileError(path_, "byte " + std::to_string(stream_.total_in), expected);
  }

  std::string path_;
  z_stream stream_{};
  std::array<Bytef, 65'536> buffer_{};
  std::string text_;
};

bool is_compressed(const std::string& path) {
  return path.size() > 3 && path.compare(path.size() - 3, 3, ".gz") == 0;
}

}  // namespace

std::string read_text_file(const std::string& path) {
  std::string bytes = read_bytes(path);
  if (bytes.size() > text_size_max) throw FileError(path, "", "at most 1 GiB");
  if (!is_compressed(path)) return bytes;
  return Inflater(path).run(bytes);
}

}  // namespace margingate::io
