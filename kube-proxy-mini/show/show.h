/*
 * show - for people: what is in the kernel for a Service (--show), and what
 * would be written there (--dry-run).
 */
#ifndef KEELSON_PROXY_SHOW_H
#define KEELSON_PROXY_SHOW_H

#include "kube-proxy-mini/model/env.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct model;

/*
 * Read the kernel's tables and write, for each address of the Service, which
 * endpoints its clients reach.
 * @which  "namespace/name"; empty: a line for every address of all Services
 * Error ERR_ABSENT: there are no tables, or no rules for that Service.
 */
enum show_form { SHOW_TEXT, SHOW_JSON };
int show_service(
	struct str which, enum show_form form, struct buf *out, struct err *e);

/*
 * Write what a first sync of this model would send, as lines for nft.  Chains
 * and rules, which are always the same, are left out: see
 * docs/kube-proxy-mini-ruleset.md.  The model is left as it was, dirty.
 */
int show_plan(
	struct model *m, const struct env *env, struct buf *out, struct err *e);

#endif
