/*
 * env - the defaults.
 */
#include "kube-proxy-mini/env.h"

struct env env_default(void)
{
	return (struct env){
		.has_family = {true, true},
		.masquerade_random = true,
	};
}
