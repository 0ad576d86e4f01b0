#include "io/text_file.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <string>

#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

std::string compress(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string input = text;
  std::string output(deflateBound(&stream, static_cast<uLong>(input.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  output.resize(stream.total_out);
  deflateEnd(&stream);
  return output;
}

std::string write(const std::string& name, const std::string& bytes) {
  const std::string path = testing::TempDir() + "margingate_" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919 % 10'007) + ",";
  return text;
}

TEST(TextFile, ReadsPlainAndCompressed) {
  const std::string text = long_text();
  EXPECT_EQ(read_text_file(write("plain.csv", text)), text);
  EXPECT_EQ(read_text_file(write("packed.csv.gz", compress(text))), text);
  EXPECT_EQ(read_text_file(write("two.csv.gz", compress(text) + compress("end"))), text + "end");
}

TEST(TextFile, RejectsAMissingFile) {
  EXPECT_THROW((void)read_text_file("/nonexistent/market.json"), FileError);
}

TEST(TextFile, RejectsATruncatedArchive) {
  const std::string packed = compress(long_text());
  for (const std::size_t kept : {packed.size() - 1, packed.size() / 2, std::size_t{11}}) {
    const std::string path = write("cut.csv.gz", packed.substr(0, kept));
    expect_file_error([&] { (void)read_text_file(path); }, path, "byte " + std::to_string(kept),
                      "truncated");
  }
  const std::string empty = write("empty.csv.gz", "");
  EXPECT_THROW((void)read_text_file(empty), FileError);
}

TEST(TextFile, RejectsACorruptArchive) {
  std::string packed = compress(long_text());
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);  // checksum
  EXPECT_THROW((void)read_text_file(write("sum.csv.gz", packed)), FileError);
  EXPECT_THROW((void)read_text_file(write("text.csv.gz", "not an archive")), FileError);
  EXPECT_THROW((void)read_text_file(write("tail.csv.gz", compress("a") + "rubbish")), FileError);
}

}  // namespace
}  // namespace margingate::io
