// Whole text files, plain or compressed with gzip.
//
// Shape    path in, content out.
// Units    bytes.
// Sign     none.
// Range    at most text_size_max bytes after decompression.
// Errors   FileError: missing, unreadable, truncated, corrupt or too large.
// Threads  pure apart from the file system.
// Cost     reads the file once.
// Source   RFC 1952 for gzip.
#pragma once

#include <cstddef>
#include <string>

namespace margingate::io {

inline constexpr std::size_t text_size_max = std::size_t{1} << 30;

// A name ending in .gz is decompressed.
[[nodiscard]] std::string read_text_file(const std::string& path);

}  // namespace margingate::io
