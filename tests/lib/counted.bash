# counted.bash - a container that counts in $DATA/count, and the CRIU that
# restores it.  Sourced.
#
#   count                  print how far it has counted
#   counts_beyond COUNT    has it counted further?
#   criu_for_others        let runtimes find our CRIU, without a lock of the
#                          network: their own dumps would call iptables

count() {
	local count
	count=$(cat "$DATA/count" 2>/dev/null)
	echo $((10#${count:-0}))
}

counts_beyond() {
	[ "$(count)" -gt "$1" ]
}

criu_for_others() {
	install -m 0755 /keelson/build/bin/criu /usr/local/sbin/criu
	mkdir -p /etc/criu
	echo network-lock skip >/etc/criu/runc.conf
}
