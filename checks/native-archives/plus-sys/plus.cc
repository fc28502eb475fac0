#include <stdexcept>
#include <string>

extern "C" int plus_caught() {
    try {
        throw std::runtime_error(std::string("sevenly"));
    } catch (const std::exception &error) {
        return std::string(error.what()).size();
    }
}
