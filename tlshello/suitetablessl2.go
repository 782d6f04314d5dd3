// The cipher kinds of SSLv2.

package tlshello

// ssl2Rows lists the SSLv2 cipher kinds (Hickman, The SSL Protocol, section C.4, and
// the further kinds of OpenSSL's ssl2.h), in order of number.
var ssl2Rows = []suiteRow{
	{SSL2, Info{0x010080, "SSL_CK_RC4_128_WITH_MD5", "RC4-MD5", "RSA", "RSA", "RC4", 128, "MD5", false}},
	{SSL2, Info{0x020080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5", "EXP-RC4-MD5", "RSA", "RSA", "RC4", 40, "MD5", true}},
	{SSL2, Info{0x030080, "SSL_CK_RC2_128_CBC_WITH_MD5", "RC2-CBC-MD5", "RSA", "RSA", "RC2", 128, "MD5", false}},
	{SSL2, Info{0x040080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", "EXP-RC2-CBC-MD5", "RSA", "RSA", "RC2_40", 40, "MD5", true}},
	{SSL2, Info{0x050080, "SSL_CK_IDEA_128_CBC_WITH_MD5", "IDEA-CBC-MD5", "RSA", "RSA", "IDEA", 128, "MD5", false}},
	{SSL2, Info{0x060040, "SSL_CK_DES_64_CBC_WITH_MD5", "DES-CBC-MD5", "RSA", "RSA", "DES", 56, "MD5", false}},
	{SSL2, Info{0x060140, "SSL_CK_DES_64_CBC_WITH_SHA", "DES-CBC-SHA", "RSA", "RSA", "DES", 56, "SHA1", false}},
	{SSL2, Info{0x0700C0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "DES-CBC3-MD5", "RSA", "RSA", "3DES", 112, "MD5", false}},
	{SSL2, Info{0x0701C0, "SSL_CK_DES_192_EDE3_CBC_WITH_SHA", "DES-CBC3-SHA", "RSA", "RSA", "3DES", 112, "SHA1", false}},
	{SSL2, Info{0x080080, "SSL_CK_RC4_64_WITH_MD5", "RC4-64-MD5", "RSA", "RSA", "RC4", 64, "MD5", false}},
	{SSL2, Info{0xFF8000, "SSL_CK_DES_64_CFB64_WITH_MD5_1", "DES-CFB-M1", "RSA", "RSA", "DES_CFB", 56, "MD5", false}},
	{SSL2, Info{0xFF8010, "SSL_CK_NULL", "NULL", "NULL", "NULL", "NULL", 0, "NULL", false}},
}
