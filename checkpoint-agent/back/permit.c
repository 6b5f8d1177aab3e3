/*
 * permit - one rule for each verb.
 *
 * The back's own jobs have the id 0, which no job of the front may have, so
 * that it can abort its own only.
 */
#include "checkpoint-agent/back/permit.h"

static int deny(struct err *e, const char *why)
{
	return err_kind(e, ERR_DENIED, "not served here: %s", why);
}

static int permit_checkpoint(
	const struct config_features *f, const struct job *j, struct err *e)
{
	if (!f->has_checkpoint)
		return deny(e, "ContainerCheckpoint is off");
	if (j->is_pod && !f->has_pods)
		return deny(e, "PodCheckpoint is off");
	return 0;
}

int permit_job(
	const struct config_features *f, const struct job *j, struct err *e)
{
	if (j->id == 0)
		return deny(e, "a job without an id");
	switch ((enum job_verb)j->verb) {
	case JOB_ABORT:
		return 0;
	case JOB_CHECKPOINT:
		return permit_checkpoint(f, j, e);
	case JOB_CHECK:
		if (j->is_pod)
			return deny(e, "a check of a whole pod");
		return permit_checkpoint(f, j, e);
	case JOB_LIST:
	case JOB_OPEN:
	case JOB_DELETE:
		if (!f->has_archives)
			return deny(e, "--enable-archive-access is off");
		return 0;
	case JOB_SWEEP:
	case JOB_VERBS:
		break;
	}
	return deny(e, "a job of the back's own");
}
