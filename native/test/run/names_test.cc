#include "core/run/names.h"

#include <gtest/gtest.h>

namespace caloscope {
namespace {

enum class Fruit { apple, blood_orange, cherry };

constexpr std::string_view name_of(Fruit fruit) {
  switch (fruit) {
    case Fruit::apple: return "apple";
    case Fruit::blood_orange: return "blood-orange";
    case Fruit::cherry: return "cherry";
  }
  return {};
}

static_assert(value_count<Fruit>() == 3);
static_assert(names<Fruit>()[1] == "blood-orange");
static_assert(value_named<Fruit>("cherry") == Fruit::cherry);

TEST(Names, EveryNameIsThatOfItsValueAndNoOtherTextIs) {
  for (const auto name : names<Fruit>()) EXPECT_EQ(name_of(value_named<Fruit>(name).value()), name);
  for (const auto* text : {"", "Apple", "apple ", "app", "blood_orange", "durian"}) EXPECT_FALSE(value_named<Fruit>(text)) << text;
}

TEST(Names, AlternativesAreASentence) { EXPECT_EQ(alternatives<Fruit>(), "apple, blood-orange or cherry"); }

}  // namespace
}  // namespace caloscope
