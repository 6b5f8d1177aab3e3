/*
 * env - the defaults.
 */
#include "kube-proxy-mini/env.h"

#include "kube-proxy-mini/ruleset.h"

struct env env_default(void)
{
	return (struct env){
		.has_family = {true, true},
		.masquerade_random = true,
		.elements_max = RULESET_ELEMENTS_MAX,
	};
}
