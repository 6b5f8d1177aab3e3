/*
 * lines - reads objects and the environment from words of text; the opening of
 * driver.c lists them.
 */
#ifndef KEELSON_PROXY_TEST_LINES_H
#define KEELSON_PROXY_TEST_LINES_H

#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/model/model.h"

/* The rest of an "env", "service" or "slice" line. */
void lines_env(struct env *env, struct model *m, struct str rest);
void lines_put_service(struct model *m, struct str rest);
void lines_put_slice(struct model *m, struct str rest);

/* "NS/NAME" */
void lines_split(struct str s, struct str *ns, struct str *name);

uint64_t lines_number(struct str s, uint64_t max);

/* Report what is wrong with a word, and exit. */
_Noreturn void lines_fail(const char *what, struct str s);

#endif
