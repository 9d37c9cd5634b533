#pragma once

#include <napi.h>

#include "core/samples/content_notes.h"

namespace caloscope::addon {

Napi::Value oddity_value(Napi::Env env, const Oddity& oddity);
/// ContentNotesRecord of src/native/contract/reading.ts.
Napi::Object notes_value(Napi::Env env, const ContentNotes& notes, const HitBlock& hits, std::uint64_t first_row);

}  // namespace caloscope::addon
