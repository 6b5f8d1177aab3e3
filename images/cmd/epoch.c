/* epoch - one number in the environment, within what dates can be written. */
#include "images/cmd/epoch.h"

#include "lib/base/str.h"

#include <stdlib.h>

#define EPOCH_DEFAULT_S 1767225600   /* 2026-01-01 */
#define EPOCH_LATEST_S  253402300799 /* end of the year 9999 */

int epoch_read(int64_t *time_s, struct err *e)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	uint64_t value = EPOCH_DEFAULT_S;

	if (text && str_u64(str_of(text), 0, EPOCH_LATEST_S, &value) < 0)
		return err_kind(e, ERR_USAGE,
			"SOURCE_DATE_EPOCH=%s: not a number of seconds since "
			"1970",
			text);
	*time_s = (int64_t)value;
	return 0;
}
