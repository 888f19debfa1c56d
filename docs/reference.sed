# What doxygen does not read right, of the headers as docs/Doxyfile shows them: the specialisations by which an
# enumeration becomes an error code, and overloads that differ only by the argument of one template.
/^struct boost::system::is_error_/d
s/^using \(emv_[a-z_]*_key\) = key<purpose::\([a-z_]*\)>;/class \1 : public key<purpose::\2> {};/
