/*
 * command - what the lines of keelson's command table run, one file each.
 */
#ifndef KEELSON_IMAGES_COMMAND_H
#define KEELSON_IMAGES_COMMAND_H

#include "lib/base/args.h"

extern const struct args_option build_options[];
int build_main(size_t n, const char *const *operands);

extern const struct args_option list_options[];
int list_main(size_t n, const char *const *operands);

extern const struct args_option show_options[];
int show_main(size_t n, const char *const *operands);

int verify_main(size_t n, const char *const *operands);

int diff_main(size_t n, const char *const *operands);

#endif
