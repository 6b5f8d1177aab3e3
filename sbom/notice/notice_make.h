/*
 * notice_make - from a model to its notice.
 */
#ifndef KEELSON_SBOM_NOTICE_NOTICE_MAKE_H
#define KEELSON_SBOM_NOTICE_NOTICE_MAKE_H

#include "sbom/notice/notice.h"

/* Everything lives in the model's arena. 0, or -1: a file has changed since it
   was unpacked, memory is out. */
int notice_make(const struct model *m, struct notice *out, struct err *e);

#endif
