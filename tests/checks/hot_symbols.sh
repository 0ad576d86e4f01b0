#!/usr/bin/env bash
# The order path needs nothing that allocates, throws, locks, prints, reads a clock or rounds as a
# libm pleases: every symbol that its objects leave undefined is in the table of allowed ones.
# Environment: HOT_OBJECTS names a file that lists the objects, NM the tool that reads them.
source "$(dirname "$0")/support/check.sh"

# What is forbidden, and the reason that is printed: extended regular expressions over demangled
# names. Anything in neither table is a violation too.
forbidden=(
  'allocates|^operator (new|delete)|^(malloc|free|calloc|realloc|reallocarray|posix_memalign)$'
  'allocates|^(aligned_alloc|memalign|valloc|mi_.*|mmap|munmap|sbrk)$$'
  'allocates|^std::(__cxx11::)?basic_string'
  'allocates|^std::pmr::|^(vtable|typeinfo) for std::pmr::'
  'throws|^__cxa_(throw|rethrow|allocate_exception|begin_catch|end_catch)|^_Unwind_'
  'throws|^std::__throw_|^__gxx_personality_v0$|^std::terminate|^__clang_call_terminate$'
  'locks|^(pthread|sem|mtx|cnd|thrd)_|^std::(mutex|recursive_mutex|shared_mutex|condition_variable)'
  'locks|^__cxa_guard_|^std::(thread|this_thread|__atomic_futex)|^__atomic_|^(sched_yield|futex)$'
  'prints|^(v?[fsd]?n?printf|v?snprintf|__[a-z]*printf_chk|puts|putchar|putc|fputs|fputc|perror)$'
  'prints|^(fopen|fclose|fread|fwrite|fflush|stdout|stderr|stdin|open|close|read|write)$'
  'prints|^std::(cout|cerr|clog|cin|ios_base|locale|basic_[io]?stream|operator<<|ostream|istream)'
  'reads a clock|^(clock_gettime|gettimeofday|time|clock|nanosleep|localtime|gmtime|timespec_get)$'
  'reads a clock|^std::chrono::'
  'reads the environment|^(getenv|secure_getenv|syscall|getpid|rand|random|srand|getrandom)$'
  'is libm|^(exp|exp2|expm1|log|log2|log10|log1p|pow|cbrt|hypot|erfc?|[lt]gamma|fmod)[fl]?$'
  'is libm|^a?(sin|cos|tan)h?[fl]?$|^(atan2|sincos|remainder|remquo|ldexp|frexp|modf)[fl]?$'
)

# Copies and fills, correctly rounded operations, 128-bit division, processor detection, and what
# the compiler itself needs.
allowed='^(memcpy|memmove|memset|memcmp|bcmp|__memcpy_chk|__memset_chk|__memmove_chk)$'
allowed+='|^(fma|sqrt|nearbyint|rint|floor|ceil|trunc)f?$'
allowed+='|^__u?(div|mod|divmod|mul)(o)?ti[34]$|^__fix(uns)?[sd]fti$|^__float(un)?ti[sd]f$'
allowed+='|^(__cpu_model|__cpu_features2|__cpu_indicator_init)$'
allowed+='|^(_GLOBAL_OFFSET_TABLE_|__dso_handle|__stack_chk_fail|__tls_get_addr)$'
allowed+='|^(abort|std::__glibcxx_assert_fail.*)$'

if [[ -n "${HOT_OBJECTS_SKIP:-}" ]]; then
  echo "skipped: $HOT_OBJECTS_SKIP"
  exit 77
fi
mapfile -t objects <"${HOT_OBJECTS:?a file that lists the objects of margingate_hot}"
for object in "${objects[@]}"; do
  [[ -f "$object" ]] || violation "$object: no such object; build first"
done
finish

# A symbol that another object of the order path defines is no matter.
symbols() { "${NM:-nm}" --demangle --print-file-name "$@" "${objects[@]}"; }
defined=$(symbols --defined-only | sed -E 's/^.*:[0-9a-f ]+ [A-Za-z] //' | sort -u)
while IFS= read -r line; do
  object=$(basename "${line%%:  *}")
  name=$(sed -E 's/^.*: +[Uwv] //' <<<"$line")
  grep -qxF -- "$name" <<<"$defined" && continue
  reason='is in neither table of this check'
  for row in "${forbidden[@]}"; do
    if [[ "$name" =~ ${row#*|} ]]; then reason=${row%%|*}; fi
  done
  if [[ "$reason" == is\ in* && "$name" =~ $allowed ]]; then continue; fi
  violation "$object: $name $reason"
done < <(symbols --undefined-only)

echo "${#objects[@]} object(s) read"
finish
