/*
 * permit - which jobs the front may ask for: those that the configuration
 * serves, and no others.  Pure.
 *
 * The front decides who may do what; that needs TLS and the network.  What
 * nobody may do, because the feature is off, it cannot have done either, even
 * when somebody has taken it over.
 */
#ifndef CHECKPOINT_AGENT_BACK_PERMIT_H
#define CHECKPOINT_AGENT_BACK_PERMIT_H

#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/ipc/job.h"
#include "lib/base/err.h"

/* May a front with these features send this job, after job_check()?  0 or -1
 * (ERR_DENIED, saying which feature is off). */
int permit_job(
	const struct config_features *f, const struct job *j, struct err *e);

#endif
