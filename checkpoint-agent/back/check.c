/*
 * check - runs the same preflight as a dump, and stops nothing.
 */
#include "checkpoint-agent/back/check.h"

#include "checkpoint-agent/preflight/preflight.h"
#include "lib/base/whole.h"

static int answer_preflight(
	struct task *t, const struct target *target, struct err *e)
{
	static struct survey s; /* large */
	AUTO_BUF struct buf out = buf_growing(PREFLIGHT_TEXT_MAX);
	struct preflight p;
	int rc = -1;

	if (survey_make(&s, target, &t->place, NULL, e) == 0 &&
		preflight_check(&p, target, &s, e) == 0) {
		preflight_put_json(&out, &p, target, &s);
		rc = whole_check(&out, "answer", e) < 0
			     ? -1
			     : task_answer_bytes(t, buf_view(&out), e);
	}
	survey_free(&s);
	return rc;
}

int check_container(struct task *t, struct err *e)
{
	struct target target;
	int rc;

	if (task_find_container(t, &target, e) < 0)
		return -1;
	rc = answer_preflight(t, &target, e);
	target_release(&target);
	return rc;
}
