/*
 * proof - what `keelson prove` found, for people and programs.
 */
#ifndef KEELSON_SBOM_WRITE_PROOF_H
#define KEELSON_SBOM_WRITE_PROOF_H

#include "lib/base/buf.h"
#include "sbom/prove/prove.h"

struct proof {
	const char *program;
	const struct prove_request *request;
	const struct prove_answer *answer;
};

/* Did every step that was run again give its bytes from what it names? */
bool proof_holds(const struct proof *p);

void proof_table(const struct proof *p, struct buf *out);
void proof_json(const struct proof *p, struct buf *out);

#endif
