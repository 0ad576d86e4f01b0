// Everything an embedding host needs, in one include.
//
// Shape    an umbrella over the public headers.
// Units    none.
// Sign     none.
// Range    none.
// Errors   none.
// Threads  none.
// Cost     compile time; include the single headers where that matters.
// Source   README.md.
#pragma once

#include "margingate/gate.hpp"
#include "margingate/market.hpp"
#include "margingate/revaluer.hpp"
#include "margingate/version.hpp"
