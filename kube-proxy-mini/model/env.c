/*
 * env - the environment before any option or Node is read.
 */
#include "kube-proxy-mini/model/env.h"

struct env env_default(void)
{
	return (struct env){
		.has_family = {true, true},
		.masquerade_random = true,
		.elements_max = ENV_ELEMENTS_MAX,
	};
}
