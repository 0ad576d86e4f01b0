// Asserts that reading fails, and that the message names the file, the place and the expectation.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "io/file_error.hpp"

namespace margingate::io {

template <class Action>
void expect_file_error(Action&& action, const std::string& file, const std::string& place,
                       const std::string& expected_part) {
  try {
    action();
    ADD_FAILURE() << "read without an error; expected one at " << place;
  } catch (const FileError& error) {
    EXPECT_EQ(error.file(), file) << error.what();
    EXPECT_EQ(error.place(), place) << error.what();
    EXPECT_NE(error.expected().find(expected_part), std::string::npos)
        << "message: " << error.what() << "\nlooked for: " << expected_part;
    EXPECT_NE(std::string(error.what()).find(file + ": " + place), std::string::npos);
  }
}

}  // namespace margingate::io
