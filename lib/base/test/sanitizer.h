/*
 * sanitizer - is this test built with a sanitizer of memory, which maps much
 * more than the program asks for and allocates in its own way?
 */
#ifndef KEELSON_BASE_TEST_SANITIZER_H
#define KEELSON_BASE_TEST_SANITIZER_H

#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#define HAS_SANITIZER __has_feature(address_sanitizer)

#endif
