// The same for a program. (A program's code is compiled with other flags than a library's, so it needs a copy of its
// own.)
#pragma once

#include "library.hpp"
