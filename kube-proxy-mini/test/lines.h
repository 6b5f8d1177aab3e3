/*
 * lines - objects and the environment from words of text, for driver.c, whose
 * head lists the words.
 */
#ifndef KEELSON_PROXY_TEST_LINES_H
#define KEELSON_PROXY_TEST_LINES_H

#include "kube-proxy-mini/env.h"

/* The rest of an "env", "service" or "slice" line. */
void lines_env(struct env *env, struct model *m, struct str rest);
void lines_put_service(struct model *m, struct str rest);
void lines_put_slice(struct model *m, struct str rest);

/* "NS/NAME" */
void lines_split(struct str s, struct str *ns, struct str *name);

uint64_t lines_number(struct str s, uint64_t max);

/* Say what is wrong with a word, and end. */
_Noreturn void lines_fail(const char *what, struct str s);

#endif
