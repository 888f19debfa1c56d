// Boost.JSON for whatever speaks HTTP above this library: Debian's headers, without a shared library of its own.
#include <boost/json/src.hpp>
