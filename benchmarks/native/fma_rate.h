#pragma once

/// Multiply-adds on registers alone: `rounds` of them on `operations / 2` independent numbers.
struct FmaLoop {
  const char* kernel_set;
  /// Products and sums of one round.
  unsigned operations;
  /// Returns a number that depends on all of them.
  float (*run)(unsigned rounds, float factor, float term);
};
