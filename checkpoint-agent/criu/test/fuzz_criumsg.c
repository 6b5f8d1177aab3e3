/* Parse arbitrary bytes as each kind of message that CRIU sends. */
#include "checkpoint-agent/criu/criumsg.h"
#include "lib/base/pb.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = {(const char *)bytes, n};
	char room[512];
	struct buf cause = buf_fixed(room, sizeof(room));
	struct criu_answer a;
	struct criu_stats s;
	struct str name;

	criumsg_parse_answer(in, &a, NULL);
	if (criumsg_parse_image(in, &name, NULL) == 0 &&
		(name.n == 0 || str_find(name, '/') < name.n))
		__builtin_trap();
	criumsg_parse_stats(in, &s, NULL);
	criumsg_cause(in, &cause);
	return 0;
}
