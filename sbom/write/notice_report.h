/*
 * notice_report - parts, licences and duties as a table or JSON, and problems.
 */
#ifndef KEELSON_SBOM_WRITE_NOTICE_REPORT_H
#define KEELSON_SBOM_WRITE_NOTICE_REPORT_H

#include "lib/base/buf.h"
#include "lib/base/json_out.h"
#include "sbom/items/items.h"
#include "sbom/notice/notice.h"

void notice_report_table(const struct items *items, struct buf *out);
void notice_report_json(const struct items *items, struct json_out *o);

/* The problems, each with its chain. */
void notice_report_problems(const struct notice *n, struct buf *out);

#endif
