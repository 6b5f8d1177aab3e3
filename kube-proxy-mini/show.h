/*
 * show - for people: what a Service is in the kernel, and what would be
 * written.
 */
#ifndef KEELSON_PROXY_SHOW_H
#define KEELSON_PROXY_SHOW_H

#include "kube-proxy-mini/env.h"
#include "lib/base/buf.h"

/*
 * Read the kernel's tables and say of each address of the Service which
 * endpoints clients reach (--show).
 * @which  "namespace/name"; empty: a line for every address of all Services
 * Error ERR_ABSENT: no tables, or none such.
 */
enum show_form { SHOW_TEXT, SHOW_JSON };
int show_service(
	struct str which, enum show_form form, struct buf *out, struct err *e);

/*
 * What a first sync of this model would write, as lines for nft (--dry-run).
 * Rules are named in comments only: see docs/kube-proxy-mini-ruleset.md.  The
 * model is left as it was, dirty.
 */
int show_plan(
	struct model *m, const struct env *env, struct buf *out, struct err *e);

#endif
