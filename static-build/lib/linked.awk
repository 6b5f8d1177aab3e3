# linked.awk - what a program's note says of the packages that are linked into
# it: a member "linked" of its JSON, by release; those that are not of one, or
# without Debian's patches, as "generic", as an SBOM names them.  No percent
# signs: newer linkers decode them.
#
# usage: awk -v packages="musl zlib" -f linked.awk sources.lock
BEGIN {
	number["bookworm"] = 12
	number["trixie"] = 13
	n = split(packages, name, " ")
}
/^#/ || NF == 0 {
	next
}
{
	lines[$3]++
}
$7 == "source" {
	version[$1] = $2
	suite[$1] = $3
}
$7 == "patches" {
	is_patched[$1] = 1
}
END {
	for (s in lines)
		if (lines[s] > lines[release])
			release = s
	for (i = 1; i <= n; i++) {
		p = name[i]
		if (!(p in version)) {
			print "linked.awk: " p " is not in the lock" \
				> "/dev/stderr"
			exit 1
		}
		v = version[p]
		if (!is_patched[p]) {
			sub(/^[0-9]+:/, "", v)
			sub(/-[^-]*$/, "", v)
			sub(/^.*[+]really/, "", v)
			sub(/[+.~](dfsg|ds).*$/, "", v)
		}
		one = "\"" p " " v "\""
		if (is_patched[p] && suite[p] == release && release in number)
			debian = debian (debian ? "," : "") one
		else
			generic = generic (generic ? "," : "") one
	}
	text = debian ? "\"debian-" number[release] "\":[" debian "]" : ""
	if (generic)
		text = text (text ? "," : "") "\"generic\":[" generic "]"
	printf "\"linked\":{%s}", text
}
