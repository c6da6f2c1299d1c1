package lint

// SampleHead starts the samples of the rules: a zone that breaks none.
const SampleHead = head

// head starts the sample zones: a zone that breaks no rule.
const head = `$ORIGIN example.com.
$TTL 3600
@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300
@ NS ns1.example.net.
@ NS ns2.example.net.
`

// beside starts the sample of another zone that is held.
const beside = `$ORIGIN example.org.
$TTL 3600
@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300
@ NS ns1.example.net.
@ NS ns2.example.net.
`
