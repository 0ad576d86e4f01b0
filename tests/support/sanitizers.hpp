// Which sanitizers this build has: some tests are shorter with them, some mean nothing.
#pragma once

#if defined(__has_feature)
#define MARGINGATE_HAS_FEATURE(name) __has_feature(name)
#else
#define MARGINGATE_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_THREAD__) || MARGINGATE_HAS_FEATURE(thread_sanitizer)
#define MARGINGATE_THREAD_SANITIZER 1
#else
#define MARGINGATE_THREAD_SANITIZER 0
#endif

#if MARGINGATE_THREAD_SANITIZER || defined(__SANITIZE_ADDRESS__) || \
    MARGINGATE_HAS_FEATURE(address_sanitizer)
#define MARGINGATE_SANITIZED 1
#else
#define MARGINGATE_SANITIZED 0
#endif
