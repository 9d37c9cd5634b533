#pragma once

namespace caloscope {

/// Of the factors of a network's products. Sums, biases, activations and everything around the network are float32.
/// bfloat16 keeps 8 bits of the mantissa: factors are rounded to nearest, with a relative error up to 2⁻⁹.
enum class Precision { float32, bfloat16 };

}  // namespace caloscope
