/*
 * notice_judge - the licence of each program as a whole.
 */
#ifndef KEELSON_SBOM_NOTICE_NOTICE_JUDGE_H
#define KEELSON_SBOM_NOTICE_NOTICE_JUDGE_H

#include "lib/base/buf.h"
#include "sbom/notice/notice.h"

/*
 * Fill programs, and report conflicts.
 * @under  for each source of the model: bits of the programs that it is in;
 *         in the arena
 * 0 or -1.
 */
int notice_judge(struct notice *n, unsigned **under, struct err *e);

/*
 * Append how a source got into a program, each step on a line: program, object
 * and library, source, package with its line in the lock, licence.
 */
void notice_chain(
	const struct notice *n, const struct model_source *s, struct buf *out);

#endif
