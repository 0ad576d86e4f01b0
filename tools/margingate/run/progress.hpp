// How far a long job is, on stderr: a bar on a terminal, a line every few seconds elsewhere.
#pragma once

#include <cstdint>
#include <string>

namespace margingate::run {

class Progress {
 public:
  Progress(std::string label, std::uint64_t total, bool is_quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Looks at the clock every so many calls only.
  void update(std::uint64_t done);
  void finish(std::uint64_t done);
  // Looks at the clock at once: for callers that wait anyway.
  void look(std::uint64_t done);

 private:
  void draw(std::uint64_t done, std::uint64_t now_ns);

  std::string label_;
  std::uint64_t total_;
  bool is_quiet_;
  bool is_terminal_;
  bool is_drawn_ = false;
  std::uint32_t calls_ = 0;
  std::uint64_t begin_ns_;
  std::uint64_t next_ns_;
};

}  // namespace margingate::run
