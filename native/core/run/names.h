#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace caloscope {

// Names of enumerations, as users and files know them. Beside an enumeration, whose values count from 0, stands its one table:
// `constexpr std::string_view name_of(E)`, a switch that leaves no value out (-Wswitch) and is empty for any other number.
// All else that knows the names asks that table; src/native/contract/names.ts is held equal to it.

/// How many values the enumeration has.
template <class E>
consteval std::size_t value_count() {
  std::size_t count = 0;
  while (!name_of(static_cast<E>(count)).empty()) ++count;
  return count;
}

/// All names, in the order of the enumeration.
template <class E>
constexpr auto names() {
  std::array<std::string_view, value_count<E>()> list;
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = name_of(static_cast<E>(i));
  return list;
}

/// The value of this name.
template <class E>
constexpr std::optional<E> value_named(std::string_view name) {
  for (std::size_t i = 0; i < value_count<E>(); ++i) {
    if (name_of(static_cast<E>(i)) == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

/// "a, b or c"
template <class E>
std::string alternatives() {
  constexpr auto list = names<E>();
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text += i + 1 < list.size() ? ", " : " or ";
    text += list[i];
  }
  return text;
}

}  // namespace caloscope
