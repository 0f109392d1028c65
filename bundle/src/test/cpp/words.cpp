// Counts the words of a file, the most frequent first, and writes how many there are to another.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

int main(int argc, char **argv) {
  if (argc != 3) {
    std::cerr << "words IN OUT" << std::endl;
    return 2;
  }
  std::map<std::string, int> counts;
  auto in = std::make_unique<std::ifstream>(argv[1]);
  for (std::string word; *in >> word;) counts[word]++;
  std::vector<std::pair<std::string, int>> words(counts.begin(), counts.end());
  std::stable_sort(words.begin(), words.end(), [](auto &a, auto &b) { return a.second > b.second; });
  std::ostringstream line;
  for (auto &[word, count] : words) line << word << '=' << count << ' ';
  std::cout << line.str() << std::endl;
  std::ofstream(argv[2]) << words.size();
  return 0;
}
